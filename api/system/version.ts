/** The release that runs; also the OpenAPI document's version. */
export const VERSION = '0.1.0';
