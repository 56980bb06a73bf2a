import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * `node deploy/sbom.ts [FOLDER]`: the packages that are installed below a folder, as a CycloneDX 1.5 document
 * (https://cyclonedx.org/docs/1.5/json/), read from `node_modules` itself: what is not there is not listed, and
 * what is there is.
 */
type Manifest = Readonly<{ name?: string; version?: string; license?: string }>;

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Folders of packages in a `node_modules`, scopes opened. */
function packagesIn(modules: string): string[] {
  if (!existsSync(modules)) return [];
  return readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => {
      const path = join(modules, name);
      return name.startsWith('@') ? readdirSync(path).map((inner) => join(path, inner)) : [path];
    });
}

/** All of them, at every depth. */
function installedBelow(folder: string): string[] {
  return packagesIn(join(folder, 'node_modules')).flatMap((path) => [path, ...installedBelow(path)]);
}

function componentOf(folder: string) {
  const { name = '', version = '', license } = readManifest(folder);
  // The scope of a package URL is percent-encoded (https://github.com/package-url/purl-spec).
  const purl = `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
  const licenses = typeof license === 'string' ? { licenses: [{ expression: license }] } : {};
  return { type: 'library', name, version, purl, 'bom-ref': purl, ...licenses };
}

const root = resolve(process.argv[2] ?? '.');
const components = new Map(
  installedBelow(root)
    .map(componentOf)
    .map((each) => [each.purl, each]),
);
const { name, version } = readManifest(root);
const document = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: { component: { type: 'application', name, version, 'bom-ref': `${name}@${version}` } },
  components: [...components.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1)),
};
console.log(JSON.stringify(document, null, 2));
