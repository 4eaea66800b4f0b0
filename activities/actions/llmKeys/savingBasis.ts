/** Why the plan of a key names no saving. */
export const SAVING_BASIS =
  'What the key would go on to spend is not known; the finding says what it has cost so far.';
