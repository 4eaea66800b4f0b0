import { expect, test } from 'vitest';
import { gcpServiceCategory } from './gcpServiceCategory.ts';

test.each([
  ['Compute Engine', 'Compute'],
  ['Cloud Storage', 'Storage'],
  ['Cloud SQL', 'Databases'],
  ['BigQuery', 'Analytics'],
  ['Vertex AI', 'AI and Machine Learning'],
  ['constructor', 'Other'],
  ['Somebody’s marketplace product', 'Other'],
])('%s belongs to %s', (service, category) => {
  expect(gcpServiceCategory(service)).toBe(category);
});
