// What the page says of the engine, of reading, and of what is kept on this device.
import { area } from './table';

export const session = area('session', {
  notStarted: (reason: string) => `The engine could not start: ${reason}. Reload the page, or open it in another browser.`,
  restarting: 'The engine stopped and is being restarted; the sources are read again.',
  restarted: 'The engine stopped and was restarted. What was loaded is here again.',
  notRead: (name: string, reason: string) => `${name} cannot be read: ${reason}`,
  notReadHelp: (name: string, reason: string, help: string) => `${name} cannot be read: ${reason}. ${help}`,
  restartedWithout: (names: string) => `The engine stopped and was restarted. ${names} could not be read again.`,
  moreNotRead: (n: number) => `${n} more cannot be read`,
  stoppedBy: (name: string) =>
    `${name} stopped the engine, most likely because it needs more memory than the browser gives. The rest is read again. Load a part of it, or take the query where the data is`,
  cancelled: 'Reading was cancelled. What was loaded before is kept.',
  maskingForgotten: 'The rules of masking on this device could not be read and were forgotten.',
});
