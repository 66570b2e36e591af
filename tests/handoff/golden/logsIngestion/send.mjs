// Sends body-*.json of this folder to Failures_CL. Needs @azure/identity, and an identity that may
// publish to the rule.
import { readFile, readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { DefaultAzureCredential } from '@azure/identity';

const endpoint = process.env.ENDPOINT ?? 'https://ENDPOINT';
const rule = process.env.RULE ?? 'dcr-ID';
const uri = `${endpoint}/dataCollectionRules/${rule}/streams/Custom-Json-Failures_CL?api-version=2023-01-01`;
const { token } = await new DefaultAzureCredential({ authorityHost: 'https://login.microsoftonline.com' }).getToken('https://monitor.azure.com//.default');
const names = (await readdir('.')).filter((name) => /^body-\d+\.json$/.test(name)).sort();
for (const name of names) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
  const response = await fetch(uri, { method: 'POST', headers, body: gzipSync(await readFile(name)) });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  console.log(`${name} sent`);
}
