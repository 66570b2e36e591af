// Texts of what stands beside the rows: who changed what, and the metrics of the service.
import { count, inMinutes, percent, plural } from '../view/words';
import { area } from './table';

const rate = (failed: number, requests: number): string => (requests === 0 ? '–' : percent(failed / requests));

export const activity = area('activity', {
  about: 'From the activity log. Failed are 400 and 5xx, in the half hours before and after the change; what comes after a change need not come from it.',
  aboutAlone: 'From the activity log.',
  none: 'Nothing was changed in the day before the rows and while they last.',
  lastBefore: (title: string, minutes: number, who: string, what: string, on: string) => `${inMinutes(minutes)} before \u201c${title}\u201d began, ${who} changed something: ${what}${on === '' ? '' : ` (${on})`}.`,
  time: 'Time (UTC)',
  who: 'Who',
  what: 'What',
  on: 'Of',
  status: 'Status',
  before: 'Failed before',
  after: 'Failed after',
  rate,
  ofRequests: (failed: number, requests: number) => `${count(failed)} of ${plural(requests, 'request')}`,
  change: (time: string, who: string, what: string, on: string, status: string) => `${time} ${who}: ${what}${on === '' ? '' : `, ${on}`}${status === '' ? '' : ` (${status})`}`,
  around: (before: string, after: string) => `${before} failed before, ${after} after`,
  rowsOf: (what: string) => `Activity log: ${what}`,
  chart: (title: string) => `${title}; the same numbers are under View as table`,
  average: (metric: string) => `${metric}, average`,
  maximum: (metric: string) => `${metric}, maximum`,
  noLoad: 'No metric of the load was loaded: Capacity, or the percent metrics of the v2 tiers.',
  noCounted: 'No count of requests was loaded: the metric Requests.',
  difference: (service: number, rows: number) => (rows < service
    ? `The service counted ${plural(service, 'request')}, here are ${plural(rows, 'row')} of the same minutes: sampling, a cap on rows or a filter may keep the others.`
    : `The service counted ${plural(service, 'request')}, here are ${plural(rows, 'row')} of the same minutes.`),
});
