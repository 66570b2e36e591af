// Sends body-*.json of this folder to Tokens_CL. Needs @azure/identity, and an identity that may
// publish to the rule.
import { readFile, readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { DefaultAzureCredential } from '@azure/identity';

const endpoint = process.env.ENDPOINT ?? 'https://dce-a1b2.usgovvirginia-1.ingest.monitor.azure.us';
const rule = process.env.RULE ?? 'dcr-0123456789abcdef0123456789abcdef';
const uri = `${endpoint}/dataCollectionRules/${rule}/streams/Custom-Json-Tokens_CL?api-version=2023-01-01`;
const { token } = await new DefaultAzureCredential({ authorityHost: 'https://login.microsoftonline.us' }).getToken('https://monitor.azure.us//.default');
const names = (await readdir('.')).filter((name) => /^body-\d+\.json$/.test(name)).sort();
for (const name of names) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
  const response = await fetch(uri, { method: 'POST', headers, body: gzipSync(await readFile(name)) });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  console.log(`${name} sent`);
}
