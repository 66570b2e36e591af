// Columns that hold what people wrote to a model and what it answered.
const MESSAGE_COLUMNS = [
  'Prompt', 'Completion', 'Request', 'Response', 'RequestMessages', 'ResponseMessages', 'RequestBody', 'ResponseBody', 'BackendRequestBody',
  'BackendResponseBody', 'requestMessages_s', 'responseMessages_s', 'requestBody_s', 'responseBody_s', 'backendRequestBody_s', 'backendResponseBody_s',
  'Text',
];

export const isMessageColumn = (name: string): boolean => MESSAGE_COLUMNS.includes(name);

/** The same query without the text of messages. */
export function withoutMessages(kql: string, columns: readonly { name: string }[]): string {
  const names = columns.filter(({ name }) => isMessageColumn(name)).map(({ name }) => name);
  return names.length === 0 ? kql : `${kql}\n| project-away ${names.join(', ')}`;
}
