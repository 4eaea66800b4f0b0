import type { PipelinePolicy } from '@azure/core-rest-pipeline';

// A JSON text outside its strings has digits only in numbers.
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The JSON text with every number in quotes, digit for digit, so that parsing it keeps amounts exact. */
export const quoteNumbers = (json: string): string =>
  json.replaceAll(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`));

/**
 * Hands amounts of successful answers to the SDK as text: Azure writes money as JSON numbers, which the SDK would read as
 * binary floats.
 */
export const exactNumbersPolicy: PipelinePolicy = {
  name: 'exactNumbersPolicy',
  sendRequest: async (request, next) => {
    const response = await next(request);
    if (response.status < 300 && response.bodyAsText) {
      response.bodyAsText = quoteNumbers(response.bodyAsText);
    }
    return response;
  },
};
