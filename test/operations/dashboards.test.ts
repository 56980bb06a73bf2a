import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { startTestService } from '../support/app.ts';

const read = (path: string) => readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');

type Rule = Readonly<{ alert: string; expr: string; labels: object; annotations: Record<string, string> }>;
const rules: readonly Rule[] = parse(read('prometheus/alerts.yml')).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
);
type Panel = Readonly<{ title: string; targets?: readonly { expr: string }[] }>;
const panels: readonly Panel[] = JSON.parse(read('grafana/savabegh.json')).panels;

const uses = [
  ...rules.map(({ alert, expr }) => ({ where: alert, expr })),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ where: title, expr }))),
];

/** Series of metrics (`_bucket`, `_count` and `_sum` are those of a histogram) with the labels they have. */
function seriesOf(metrics: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const [, name = '', kind] of metrics.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const suffixes = kind === 'histogram' ? ['_bucket', '_count', '_sum'] : [''];
    for (const suffix of suffixes) series.set(name + suffix, new Set());
  }
  for (const [, name = '', labels = ''] of metrics.matchAll(/^([a-z_]+)\{([^}]*)\} /gm)) {
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) series.get(name)?.add(label);
  }
  return series;
}

const service = await startTestService(t, { environment: { OPERATIONS_PORT: '0' } });
await service.get('/nowhere');
const origin = await service.app.operations?.listen();
const exported = seriesOf(await (await fetch(`${origin}/metrics`)).text());

const ownMetric = /\b(?:savabegh|nodejs|process)_\w+/g;

t.test('every metric of the dashboard and of the alerts is exported', async (t) => {
  t.ok(exported.size > 40 && uses.length > 35, `${exported.size} series, ${uses.length} expressions`);
  for (const { where, expr } of uses) {
    const names = expr.match(ownMetric) ?? (expr.startsWith('up{') ? [] : ['no metric at all']);
    for (const name of names) t.ok(exported.has(name), `${where}: ${name}`);
  }
});

t.test('every metric of ours is on the dashboard or alerted on', async (t) => {
  const used = new Set(uses.flatMap(({ expr }) => expr.match(ownMetric) ?? []));
  const unused = [...exported.keys()].filter(
    (name) => name.startsWith('savabegh_') && !used.has(name) && !/_(sum|count|bucket)$/.test(name),
  );
  t.same(unused, []);
});

t.test('labels that are chosen by exist', async (t) => {
  const givenByPrometheus = new Set(['instance', 'job']);
  const filledLater = ['savabegh_message_attempts_total', 'savabegh_message_dispatch_seconds_bucket'];
  for (const { where, expr } of uses) {
    for (const [, name = '', labels = ''] of expr.matchAll(
      /\b((?:savabegh|nodejs|process)_\w+)\{([^}]*)\}/g,
    )) {
      for (const [, label = ''] of labels.matchAll(/(\w+)=/g)) {
        const known = givenByPrometheus.has(label) || filledLater.includes(name);
        t.ok(known || exported.get(name)?.has(label), `${where}: ${name} by ${label}`);
      }
    }
  }
});

t.test('problems that are alerted on exist', async (t) => {
  const codes = [...service.app.problemCatalogue.keys()];
  const chosen = uses.flatMap(({ expr }) =>
    [...expr.matchAll(/code=~"([^"]+)"/g)].map(([, pattern = '']) => pattern),
  );
  t.ok(chosen.length > 0);
  for (const pattern of chosen.flatMap((one) => one.split('|'))) {
    t.ok(
      codes.some((code) => new RegExp(`^${pattern}$`).test(code)),
      pattern,
    );
  }
});

t.test('every alert says what happened and what to do', async (t) => {
  t.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
  for (const { alert, annotations, labels } of rules) {
    t.ok(annotations.summary && (annotations.runbook?.length ?? 0) > 40, alert);
    t.match(labels, { severity: /^(critical|warning)$/ }, alert);
  }
});

t.test('Prometheus scrapes what the rules are about', async (t) => {
  const { rule_files, scrape_configs } = parse(read('prometheus/prometheus.yml'));
  t.same(rule_files, ['alerts.yml']);
  t.equal(scrape_configs[0].job_name, 'savabegh');
});
