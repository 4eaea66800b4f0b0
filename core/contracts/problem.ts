import { z } from 'zod';

/** An error reply: RFC 9457 problem details, with the wrong fields and the request id. */
export const Problem = z
  .object({
    type: z.string().meta({ example: 'urn:costguard:problem:invalid_request' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What to do next' }),
    errors: z
      .array(
        z.object({
          pointer: z
            .string()
            .meta({ description: 'RFC 6901 JSON pointer, or the parameter’s name' }),
          detail: z.string(),
        }),
      )
      .optional(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

/** An error reply. */
export type Problem = z.infer<typeof Problem>;
