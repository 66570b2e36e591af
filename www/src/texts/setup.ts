// Texts of *Check my set-up*: what a pasted setting says, and what is wrong with it.
import { bytes, count, plural } from '../view/words';
import { area } from './table';

export const setup = area('setup', {
  title: 'Check my set-up',
  about: 'Paste a logger, a diagnostic entity, a diagnostic setting, a policy, or an export of them, one behind the other: JSON of the REST API, ARM with its parameters, Bicep, XML of policies, or the JSON of Terraform. It is read here; nothing is kept and nothing is sent.',
  text: 'Set-up',
  answer: 'What the check says',
  choose: 'Choose files',
  make: 'Make a setting',
  empty: 'What is pasted on this page is checked as it is typed.',
  checking: 'Checking',
  tooLong: (size: number, most: number) => `This is ${bytes(size)}, and at most ${bytes(most)} are checked: paste the loggers, diagnostics and policies alone.`,
  notRead: (name: string) => `${name} could not be read. It may have been moved or changed since it was chosen.`,
  failed: (reason: string) => `The check did not end: ${reason}`,
  understood: 'What is understood',
  unnamed: 'without a name',
  nothing: 'No setting was recognised.',
  findings: 'What to look at',
  summary: (parts: number, found: number) => `${plural(parts, 'setting')} understood, ${found === 0 ? 'nothing to look at' : `${plural(found, 'place')} to look at`}.`,
  good: 'No rule of the check found anything.',
  place: (line: number, column: number) => `Line ${count(line)}, column ${count(column)}`,
  apply: 'Apply',
  applied: (what: string) => `Applied: ${what}`,
  whatToDo: 'What to do',
  kind: {
    logger: 'Logger', diagnostic: 'Diagnostic entity', diagnosticSetting: 'Diagnostic setting', policy: 'Policy', gateway: 'Gateway', privateLinkScope: 'Private link scope',
    scopedResource: 'Resource of a private link scope', webTest: 'Availability test', roleAssignment: 'Role assignment', component: 'Application Insights', workspace: 'Workspace',
  },
});
