import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import t, { type Test } from 'tap';
import { parseAllDocuments } from 'yaml';
import { commands } from '../src/cli/commands.ts';
import { buildApp } from '../src/composition/app.ts';
import { type Config, readConfig } from '../src/composition/config.ts';
import { startTestService } from './support/app.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents of other people's shapes, looked at freely
type Document = any;

const root = fileURLToPath(new URL('../', import.meta.url));

function documentsOf(file: string): Document[] {
  return parseAllDocuments(readFileSync(join(root, file), 'utf8'), { merge: true }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`);
    return document.toJS();
  });
}

const folder = 'deploy/kubernetes';
const manifests = readdirSync(join(root, folder)).filter((name) => name.endsWith('.yaml'));
const objects = manifests
  .filter((name) => name !== 'kustomization.yaml')
  .flatMap((name) => documentsOf(`${folder}/${name}`));
const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
const [compose] = documentsOf('docker-compose.yml');

const key = Buffer.alloc(32, 7).toString('base64');
/** What the files of secrets hold, by the name of the setting. */
const secrets: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://savabegh:secret@pgbouncer:6432/savabegh',
  DATABASE_DIRECT_URL: 'postgres://savabegh:secret@postgres:5432/savabegh',
  REDIS_URL: 'redis://redis:6379',
  SECRET_KEYS: `2026a:${key}`,
  IDENTIFIER_KEY: key,
  PASSWORD_PEPPERS: `2026a:${key}`,
  KAVENEGAR_API_KEY: 'key',
  SMTP_URL: 'smtps://user:secret@mail.example:465',
  MOBILE_OWNERSHIP_TOKEN: 'token',
};
/** What the operator sets in the environment of compose. */
const given: Readonly<Record<string, string>> = {
  PUBLIC_URL: 'https://savabegh.example',
  KAVENEGAR_SENDER: '10004346',
  SMTP_FROM: 'no-reply@savabegh.example',
  MOBILE_OWNERSHIP: 'zohal',
  MOBILE_OWNERSHIP_URL: 'https://inquiry.example',
};

/** As compose writes values from its own environment into a file. */
function interpolated(value: unknown, variables: Readonly<Record<string, string>>): string {
  return String(value).replace(/\$\{(\w+):[?-]\}/g, (_all, name) => variables[name] ?? '');
}

/** Reads settings as the service would in production, with the files in place; fails on unknown names. */
function productionConfig(
  t: Test,
  environment: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, string>> = {},
): Config {
  const files = t.testdir(secrets);
  const read = Object.entries(environment).map(([name, value]): [string, string] => {
    if (name.endsWith('_FILE')) return [name, join(files, name.replace(/_FILE$/, ''))];
    return [name, interpolated(value, { ...given, ...more })];
  });
  const { config, settings, faults } = readConfig({ NODE_ENV: 'production', ...Object.fromEntries(read) });
  t.same(faults, [], 'every setting is usable');
  const known = new Set(settings.map(({ name }) => name));
  const unknown = read.map(([name]) => name.replace(/_FILE$/, '')).filter((name) => !known.has(name));
  t.same(unknown, [], 'every setting exists');
  return config;
}

type Pod = Readonly<{ name: string; spec: Document; labels: Document }>;
const pods: readonly Pod[] = [...ofKind('Deployment'), ...ofKind('Job')].map((object) => ({
  name: object.metadata.name,
  spec: object.spec.template.spec,
  labels: object.spec.template.metadata.labels,
}));
const isPartOf = (labels: Document, selector: Document) =>
  Object.entries(selector.matchLabels ?? selector).every(([name, value]) => labels[name] === value);

t.test('the settings of the Kubernetes manifests are those of the service', async (t) => {
  const [{ data }] = ofKind('ConfigMap');
  const config = productionConfig(t, data);
  t.equal(config.messaging.dispatchesInService, false, 'the worker delivers');
  for (const { spec } of pods) {
    const [{ mountPath }] = spec.containers[0].volumeMounts;
    for (const [name, value] of Object.entries(data)) {
      if (name.endsWith('_FILE')) t.equal(value, `${mountPath}/${name.replace(/_FILE$/, '')}`);
    }
  }
  for (const object of objects) t.not(object.kind, 'Secret', 'secrets are no files of this repository');
});

t.test('every pod is locked down, bounded and spread', async (t) => {
  t.same(pods.map(({ name }) => name).sort(), ['savabegh', 'savabegh-migrate', 'savabegh-worker']);
  for (const { name, spec } of pods) {
    t.match(spec.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, name);
    t.equal(spec.automountServiceAccountToken, false);
    t.equal(spec.containers.length, 1);
    const [container] = spec.containers;
    t.equal(container.image, 'savabegh');
    t.match(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    t.ok(container.resources.requests.memory && container.resources.limits.memory, `${name} is bounded`);
    const [program, command] = container.command ?? ['savabegh', 'serve'];
    t.equal(program, 'savabegh');
    t.ok(Object.hasOwn(commands, command) && !commands[command]?.development, `${command} is a command`);
    const volumes = spec.volumes.map((volume: Document) => volume.name);
    for (const mount of container.volumeMounts) t.ok(volumes.includes(mount.name), mount.name);
  }
  for (const { metadata, spec } of ofKind('Deployment')) {
    const { labels } = spec.template.metadata;
    t.ok(isPartOf(labels, spec.selector));
    const scaler = ofKind('HorizontalPodAutoscaler').find(
      (object) => object.spec.scaleTargetRef.name === metadata.name,
    );
    t.equal(spec.replicas === undefined, scaler !== undefined, 'one of them says how many there are');
    const replicas = spec.replicas ?? scaler?.spec.minReplicas;
    t.ok(replicas >= 2);
    for (const constraint of spec.template.spec.topologySpreadConstraints) {
      t.ok(isPartOf(labels, constraint.labelSelector));
    }
    const budget = ofKind('PodDisruptionBudget').find((object) => object.metadata.name === metadata.name);
    t.ok(isPartOf(labels, budget.spec.selector), 'its disruptions are budgeted');
    t.ok(budget.spec.minAvailable < replicas, 'and possible');
  }
});

t.test('probes, ports and selectors lead somewhere', async (t) => {
  const [{ data }] = ofKind('ConfigMap');
  const service = await startTestService(t, { environment: { OPERATIONS_PORT: '0' } });
  for (const { metadata, spec } of ofKind('Deployment')) {
    const [container] = spec.template.spec.containers;
    const ports = new Map<string, number>(
      container.ports.map((port: Document) => [port.name, port.containerPort]),
    );
    t.equal(ports.get('operations'), Number(data.OPERATIONS_PORT));
    for (const kind of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const { httpGet, tcpSocket } = container[kind];
      const { port, path } = httpGet ?? tcpSocket;
      t.ok(ports.has(port), `${metadata.name}: ${kind} asks a port that is there`);
      if (port === 'http') t.equal((await service.get(path)).status, 200, `${path} is answered`);
    }
  }
  const [front] = ofKind('Service');
  const [, image] = /^ {4}PORT=(\d+)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8')) ?? [];
  const target = pods.find(({ labels }) => isPartOf(labels, front.spec.selector));
  t.equal(target?.name, 'savabegh');
  const http = target?.spec.containers[0].ports.find(
    (port: Document) => port.name === front.spec.ports[0].targetPort,
  );
  t.equal(http.containerPort, Number(image), 'the port of the image');
  const [ingress] = ofKind('Ingress');
  t.equal(ingress.spec.rules[0].http.paths[0].backend.service.name, front.metadata.name);
  for (const policy of ofKind('NetworkPolicy')) {
    for (const { labels } of pods) t.ok(isPartOf(labels, policy.spec.podSelector), 'no pod is left out');
  }
});

t.test('what goes before the Deployments is all that the migration needs', async (t) => {
  const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const [, left] = /--selector='app\.kubernetes\.io\/name notin \(([^)]+)\)'/.exec(operations) ?? [];
  const names = left?.split(',');
  const isLeft = ({ metadata }: Document) => names?.includes(metadata.labels?.['app.kubernetes.io/name']);
  t.same(
    objects.filter(isLeft),
    ofKind('Deployment'),
    'the Deployments, and nothing else, are left for later',
  );
  const [job] = ofKind('Job');
  const { serviceAccountName, containers, volumes } = job.spec.template.spec;
  const isThere = (kind: string, name: string) =>
    objects.some((object) => object.kind === kind && object.metadata.name === name && !isLeft(object));
  t.ok(isThere('Namespace', job.metadata.namespace));
  t.ok(isThere('ServiceAccount', serviceAccountName));
  t.ok(isThere('ConfigMap', containers[0].envFrom[0].configMapRef.name));
  const { secretName } = volumes.find((volume: Document) => volume.secret).secret;
  const steps = [
    'kubectl apply -f deploy/kubernetes/namespace.yaml',
    `kubectl -n ${job.metadata.namespace} create secret generic ${secretName} `,
    `kubectl -n ${job.metadata.namespace} delete job ${job.metadata.name} `,
    'kubectl apply -k deploy/kubernetes --selector=',
    `kubectl -n ${job.metadata.namespace} wait --for=condition=complete job/${job.metadata.name} `,
    'kubectl apply -k deploy/kubernetes\n',
  ].map((step) => operations.indexOf(step));
  t.notOk(steps.includes(-1), 'every step is described');
  t.same(
    steps,
    steps.toSorted((a, b) => a - b),
    'in an order that works',
  );
});

t.test('secrets are made under the names that compose and Kubernetes read', async (t) => {
  const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  for (const file of Object.keys(compose.secrets)) t.match(operations, new RegExp(`\\b${file}\\b`), file);
  const [, copied = ''] = /^for name in ([^;]+); do$/m.exec(operations) ?? [];
  const [{ data }] = ofKind('ConfigMap');
  const mounted = Object.keys(data).flatMap((name) => /^(.+)_FILE$/.exec(name)?.[1] ?? []);
  t.same([...copied.split(/[\s\\]+/).map((name) => name.toUpperCase()), 'REDIS_URL'].sort(), mounted.sort());
});

t.test('the image is healthy when it can work', async (t) => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const [, path = ''] = /^HEALTHCHECK [\s\S]*?:\$\{process\.env\.PORT\}(\/\w+)`/m.exec(dockerfile) ?? [];
  t.equal(path, '/readyz');
  const service = await startTestService(t);
  t.equal((await service.get(path)).status, 200);
});

t.test('the kustomization names every manifest', async (t) => {
  const [kustomization] = documentsOf(`${folder}/kustomization.yaml`);
  t.same([...kustomization.resources, 'kustomization.yaml'].sort(), [...manifests].sort());
});

t.test('the settings of docker-compose.yml are those of the service', async (t) => {
  for (const name of ['savabegh-1', 'savabegh-2', 'worker', 'migrate']) {
    const { environment, secrets: mounted } = compose.services[name];
    const config = productionConfig(t, environment);
    const { balancer } = compose.services;
    const address = balancer.networks.edge.ipv4_address;
    t.same(config.trustedProxies, [address], 'of itself nobody but the balancer is trusted');
    const front = { FRONT_PROXY: '10.1.2.3' };
    t.same(productionConfig(t, environment, front).trustedProxies, [address, front.FRONT_PROXY]);
    t.equal(interpolated(balancer.environment.FRONT_PROXY, front), front.FRONT_PROXY, 'by both of them');
    for (const [setting, value] of Object.entries<string>(environment)) {
      const file = /^\/run\/secrets\/(.+)$/.exec(value)?.[1];
      if (file) t.ok(mounted.includes(file) && compose.secrets[file], `${setting} is mounted`);
    }
  }
});

t.test('every variable that compose wants is named to whoever sets it up', async (t) => {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const names = (pattern: RegExp, where: string) =>
    [...new Set([...where.matchAll(pattern)].map(([, name = '']) => name))].sort();
  const needed = names(/\$\{(\w+):\?\}/g, text);
  t.equal(needed.length, 5);
  t.same(names(/^(\w+)=/gm, example), needed);
  t.same(names(/^#(\w+)=/gm, example), names(/\$\{(\w+):-\}/g, text));
  const [paragraph = ''] = /^Five have no default.*$/m.exec(operations) ?? [];
  for (const name of needed) t.match(paragraph, `\`${name}\``);
});

t.test('everything in docker-compose.yml is locked down, bounded and there', async (t) => {
  for (const [name, service] of Object.entries<Document>(compose.services)) {
    t.match(service, { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }, name);
    t.ok(service.deploy.resources.limits.memory, `${name} is bounded`);
    t.match(service.image ?? 'built', /^(savabegh|.+:.*\d)/, `${name} runs a version that is named`);
    for (const volume of service.volumes ?? []) {
      const [source] = String(volume).split(':');
      if (source?.startsWith('./')) t.ok(existsSync(join(root, source)), `${source} exists`);
    }
    for (const port of service.ports ?? []) t.match(port, /^127\.0\.0\.1:/, `${name} is not open to all`);
    for (const secret of service.secrets ?? []) t.ok(compose.secrets[secret], `${secret} is declared`);
  }
  for (const name of ['postgres', 'redis', 'pgbouncer']) t.same(compose.services[name].networks, ['data']);
  t.equal(compose.networks.data.internal, true, 'the database has no way out');
});

t.test('balancer, pooler and Prometheus name services that are there', async (t) => {
  const haproxy = readFileSync(join(root, 'deploy/haproxy/haproxy.cfg'), 'utf8');
  const replicas = [...haproxy.matchAll(/^ +server \S+ (\S+):(\d+)/gm)];
  t.equal(replicas.length, 2);
  for (const [, name, port] of replicas) {
    t.ok(name && compose.services[name], `${name} is there`);
    t.equal(port, '3000');
  }
  const pgbouncer = readFileSync(join(root, 'deploy/pgbouncer/pgbouncer.ini'), 'utf8');
  t.match(pgbouncer, 'host=postgres port=5432');
  t.match(pgbouncer, /^auth_file = \/run\/secrets\/pgbouncer_users$/m);
  t.ok(compose.services.pgbouncer.secrets.includes('pgbouncer_users'));
  const [prometheus] = documentsOf('deploy/prometheus/prometheus.yml');
  for (const target of prometheus.scrape_configs[0].static_configs[0].targets) {
    const [name, port] = target.split(':');
    t.equal(compose.services[name]?.environment.OPERATIONS_PORT, port, `${target} is there`);
  }
});

t.test('no secret gets into the image, and none of its folders into the repository', async (t) => {
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  t.equal(ignored[0], '*', 'only what is named is copied');
  t.notOk(ignored.some((line) => /^!.*(deploy\/?$|secret|\.env)/.test(line)));
  t.match(readFileSync(join(root, '.gitignore'), 'utf8'), /^deploy\/secrets\/$/m);
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  t.match(dockerfile, /^USER node$/m);
  t.notMatch(dockerfile, /^(ARG|ENV).*(KEY|PASSWORD|TOKEN|SECRET)/im);
});

t.test('in production a service without Redis says once that it counts by itself', async (t) => {
  const [{ data }] = ofKind('ConfigMap');
  const { REDIS_URL_FILE: _, ...rest } = data;
  for (const [environment, times] of [
    [rest, 1],
    [data, 0],
  ] as const) {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const app = await buildApp(productionConfig(t, environment), { log, background: false });
    await app.close();
    t.equal(lines.filter((line) => line.includes('REDIS_URL is not set')).length, times);
  }
});
