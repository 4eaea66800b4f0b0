import { expect, test } from 'vitest';
import { azureServiceCategory } from './azureServiceCategory.ts';

test.each([
  ['Virtual Machines', 'Compute'],
  ['virtual machines', 'Compute'],
  ['Storage', 'Storage'],
  ['SQL Database', 'Databases'],
  ['Bandwidth', 'Networking'],
  ['Azure OpenAI', 'AI and Machine Learning'],
  ['Something of the marketplace', 'Other'],
  ['', 'Other'],
])('%s is %s', (service, category) => {
  expect(azureServiceCategory(service)).toBe(category);
});
