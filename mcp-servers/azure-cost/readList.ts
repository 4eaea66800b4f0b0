import { z } from 'zod';
import { answerInvalid, parseAnswer } from '../kit/answerInvalid.ts';
import { requestJson } from './requestJson.ts';
import { sendAzure, type AzureCall, type AzureDesk } from './sendAzure.ts';

/**
 * All pages of a list of Azure Resource Manager, items checked by `schema`.
 *
 * @param path with its query, from the leading slash on
 * @throws ToolError `UPSTREAM_FAILED` when an answer does not hold or pages go round in a circle; else as `sendAzure`
 */
export async function readList<Item extends z.ZodType>(
  path: string,
  schema: Item,
  call: AzureCall,
  desk: AzureDesk,
): Promise<z.output<Item>[]> {
  const Page = z.object({ value: z.array(schema), nextLink: z.string().nullish() });
  const items: z.output<Item>[] = [];
  const seen = new Set<string>();
  let url: string | undefined = desk.azure.endpoint + path;
  while (url !== undefined) {
    if (seen.has(url)) {
      throw answerInvalid('Azure gave the same page twice, so its pages would never end.');
    }
    seen.add(url);
    const at: string = url;
    const answer = await sendAzure(call, desk, (signal) =>
      requestJson(desk.azure, { method: 'GET', url: at }, signal),
    );
    const page = parseAnswer(
      Page,
      answer ?? { value: [] },
      'Azure left out what belongs to a list.',
    );
    items.push(...page.value);
    url = page.nextLink === '' ? undefined : (page.nextLink ?? undefined);
  }
  return items;
}
