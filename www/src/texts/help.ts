// Texts of the help.
import { count, plural } from '../view/words';
import { area } from './table';

export const help = area('help', {
  title: 'Help',
  about: 'Drop a log export of Azure API Management: kqlens names what failed, on which evidence and what to do, and gives the KQL that shows it.',
  listsActions: 'lists every action,',
  everyKey: 'every key.',
  stays: 'What stays here',
  staysAbout: 'Everything. The page asks for no file but its own, and its policy forbids it to: what is loaded, typed and found never leaves this browser by itself. Links hold queries, never data. What is exported is masked unless a box says otherwise; a secret is found by its name or its shape, so look at a report before it is passed on.',
  kql: 'Which KQL runs',
  answered: (passed: number, of: number) =>
    `${count(passed)} of ${count(of)} recorded cases are answered exactly as the real engine answers. What cannot be answered exactly is refused by name, never approximated.`,
  and: 'and',
  exactHere: 'are exact here and estimates in a workspace.',
  limits: 'Where the limits are',
  limitsAbout: 'Tables live in the memory of this tab, at most 4 GiB; what is larger belongs where the data is: take the query there. An export that was cut, bodies that end after 8,192 bytes and categories that were never routed cannot be seen in the rows; the verdict says which of these it met.',
  failed: (reason: string) => `The catalogues cannot be shown: ${reason}`,
  entries: (title: string, n: number) => `${title}: ${plural(n, 'entry', 'entries')}`,
  formats: 'Formats that are read',
  failures: 'Failures that are recognised',
  operators: 'Operators',
  functions: 'Functions, aggregates and plugins',
  lookUp: 'Look up',
  lookUpLabel: 'Look up in the catalogues',
  lookUpPlaceholder: 'A failure, a function, a format',
  none: 'Nothing is called so.',
});
