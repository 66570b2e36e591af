// Sends body-*.json of this folder to @TABLE@. Needs @azure/identity, and an identity that may
// publish to the rule.
import { readFile, readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { DefaultAzureCredential } from '@azure/identity';

const endpoint = process.env.ENDPOINT ?? '@ENDPOINT@';
const rule = process.env.RULE ?? '@RULE@';
const uri = `${endpoint}/dataCollectionRules/${rule}/streams/@STREAM@?api-version=@VERSION@`;
const { token } = await new DefaultAzureCredential({ authorityHost: '@LOGIN@' }).getToken('@SCOPE@');
const names = (await readdir('.')).filter((name) => /^body-\d+\.json$/.test(name)).sort();
for (const name of names) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
  const response = await fetch(uri, { method: 'POST', headers, body: gzipSync(await readFile(name)) });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  console.log(`${name} sent`);
}
