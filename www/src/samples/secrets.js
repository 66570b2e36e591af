// Twenty secrets that the conversations of a sample give away. Nothing of them is real: addresses and
// numbers are of the ranges kept for documentation, keys are letters made by arithmetic.
import { spread } from './rows.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Letters that look like a key. @param {number} salt @param {number} length */
const letters = (salt, length, alphabet = LETTERS) =>
  Array.from({ length }, (_, at) => alphabet[spread(at, salt, alphabet.length)]).join('');
/** @param {number} salt */
const hex32 = (salt) => letters(salt, 32, '0123456789abcdef');
/** @param {object} value */
const base64url = (value) => btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export const secrets = {
  openAiKey: `sk-${letters(901, 48)}`,
  azureKey: hex32(902),
  subscriptionKeyInHeader: hex32(903),
  subscriptionKeyInUrl: hex32(904),
  jwt: `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url({ sub: 'support-test', aud: 'api://shop' })}.${letters(905, 86)}`,
  bearer: letters(906, 44),
  storageKey: `${letters(907, 86)}==`,
  busKey: `${letters(908, 43)}=`,
  sqlPassword: `Tr0ub4dor-${letters(909, 8)}`,
  awsKey: `AKIA${letters(910, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
  gitHubToken: `ghp_${letters(911, 36)}`,
  passwordInUrl: `pa55-${letters(912, 10)}`,
  mail: 'maria.keller@customer.example',
  mailOfTool: 'j.okafor+billing@partner.example.org',
  ipv4: '192.0.2.77',
  ipv6: '2001:db8:85a3::8a2e:370:7334',
  phone: '+49 30 23125 014',
  phoneOfTool: '+1 202-555-0143',
  card: '4111 1111 1111 1111',
  cardOfTool: '5555-5555-5555-4444',
};

export const plantedSecrets = Object.values(secrets);
