// What the service itself tells beside its rows: the activity log and metrics, as `az` prints them.
import { guid, MINUTE_MS, spread } from './rows.js';

/** @param {number} ms */
const iso = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');

/** @param {string} value @param {string} [localizedValue] */
const named = (value, localizedValue = value) => ({ localizedValue, value });

/**
 * An operation in the activity log: an event when it began, one when it ended.
 * @param {string} resource @param {number} row
 * @param {{ at_ms: number, caller: string, operation: string, title: string, on?: string, category?: string }} change
 */
function events(resource, row, { at_ms, caller, operation, title, on = '', category = 'Administrative' }) {
  return ['Started', 'Succeeded'].map((status, at) => ({
    caller,
    category: named(category),
    correlationId: guid(row, 71),
    eventDataId: guid(row, 72 + at),
    eventTimestamp: iso(at_ms + at * 4_000),
    level: 'Informational',
    operationName: named(operation, title),
    resourceGroupName: 'rg-shop',
    resourceId: `${resource}${on}`,
    resourceType: named('Microsoft.ApiManagement/service'),
    status: named(status),
    subStatus: named(''),
    subscriptionId: resource.split('/')[2],
  }));
}

/** `az monitor activity-log list`. @param {string} resource @param {Parameters<typeof events>[2][]} changes */
export const activityLog = (resource, changes) => `${JSON.stringify(changes.flatMap((change, row) => events(resource, row, change)), null, 2)}\n`;

/**
 * `az monitor metrics list`: the load, and the requests that are counted.
 * @param {string} resource @param {number} start_ms @param {readonly number[]} requests Those of each minute.
 */
export function platformMetrics(resource, start_ms, requests) {
  const times = requests.map((_, minute) => iso(start_ms + minute * MINUTE_MS));
  /** @param {string} name @param {string} unit @param {(minute: number) => object} point */
  const metric = (name, unit, point) => ({
    id: `${resource}/providers/Microsoft.Insights/metrics/${name}`,
    name: named(name),
    timeseries: [{ data: times.map((timeStamp, minute) => ({ ...point(minute), timeStamp })), metadatavalues: [] }],
    type: 'Microsoft.Insights/metrics',
    unit,
  });
  const value = [
    metric('Capacity', 'Percent', (minute) => ({ average: 31 + spread(minute, 81, 6), maximum: 44 + spread(minute, 82, 12) })),
    metric('Requests', 'Count', (minute) => ({ total: requests[minute] })),
  ];
  return `${JSON.stringify({ cost: 0, interval: 'PT1M', namespace: 'Microsoft.ApiManagement/service', value }, null, 2)}\n`;
}
