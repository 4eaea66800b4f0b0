import type { Schemas } from '../../client/api';

/** How kinds of use are called. */
export const METER_NAMES: Record<Schemas['LlmMeter'], string> = {
  input: 'Input',
  input_audio: 'Input, audio',
  input_image: 'Input, images',
  cache_read: 'Input from the cache',
  cache_read_audio: 'Audio from the cache',
  cache_read_image: 'Images from the cache',
  cache_write: 'Cache writes',
  cache_write_5m: 'Cache writes, 5 minutes',
  cache_write_1h: 'Cache writes, 1 hour',
  output: 'Output',
  output_audio: 'Output, audio',
  output_image: 'Output, images',
  reasoning: 'Reasoning',
  web_search: 'Web searches',
  file_search: 'File searches',
  code_interpreter: 'Code interpreter sessions',
  images: 'Images',
  characters: 'Characters',
  seconds: 'Seconds of audio',
  storage: 'Storage',
};

/** The name of a kind of use; what is no kind stays as it is called. */
export const meterName = (key: string | null, label: string): string =>
  key !== null && Object.hasOwn(METER_NAMES, key) ? METER_NAMES[key as Schemas['LlmMeter']] : label;
