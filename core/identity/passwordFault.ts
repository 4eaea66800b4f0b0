import { GUESSED_WORDS, LEAKED_PASSWORDS } from './leakedPasswords.ts';

/** Fewest and most characters of a password that a person chooses. */
export const PASSWORD_LENGTH = { min: 12, max: 200 } as const;

// What is left of "password1234" once a guessed word counts like two characters is 4; of four random words, over 20.
const WORTH_MIN = 7;
const WORD_WORTH = 2;
const RUN_LENGTH_MIN = 3;
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const LOOKS_LIKE: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/**
 * Why a password is too easy to guess, as it goes on after "the password …"; undefined where it is not. Length and
 * guessability count, kinds of characters do not.
 *
 * @see NIST SP 800-63B-4 section 3.1.1.2; OWASP ASVS 5.0, V6.2
 */
export function passwordFault(password: string, username: string): string | undefined {
  // Characters, not the halves that some of them are stored as.
  const { length } = Array.from(password);
  if (length < PASSWORD_LENGTH.min)
    return `must have at least ${String(PASSWORD_LENGTH.min)} characters`;
  if (length > PASSWORD_LENGTH.max)
    return `must have at most ${String(PASSWORD_LENGTH.max)} characters`;
  const text = password.toLowerCase();
  const name = username.toLowerCase();
  const names = [name, reversed(name)];
  if (LEAKED_PASSWORDS.has(text))
    return 'is one of the most common ones; take several random words';
  if (worth(text, names) >= WORTH_MIN) return undefined;
  return names.some((word) => text.includes(word))
    ? 'is mostly the user name; take several random words'
    : 'is made of words and rows that are guessed first; take several random words';
}

/** How many characters the password is worth to somebody who knows the words, rows and repetitions that people use. */
function worth(text: string, names: readonly string[]): number {
  const words = [...names, ...BY_LENGTH];
  const plain = text.replaceAll(/[013457@$!]/g, (character) => LOOKS_LIKE[character] ?? character);
  const seen = new Set<string>();
  let sum = 0;
  for (let at = 0; at < text.length;) {
    const word = words.find((one) => text.startsWith(one, at) || plain.startsWith(one, at));
    const length = Math.max(word?.length ?? 0, runLength(text, at));
    const piece = text.slice(at, at + Math.max(length, 1));
    if (length >= RUN_LENGTH_MIN) sum += seen.has(piece) ? 0 : WORD_WORTH;
    else sum += text[at - 1] === piece ? 0 : 1;
    seen.add(piece);
    at += piece.length;
  }
  return sum;
}

const BY_LENGTH = GUESSED_WORDS.toSorted((a, b) => b.length - a.length);

/** How many characters from here on repeat the first one or follow a row, either way; 0 where they are too few. */
function runLength(text: string, at: number): number {
  const first = text[at] ?? '';
  let repeated = 1;
  while (text[at + repeated] === first) repeated += 1;
  const year = /^(19|20)\d\d/.exec(text.slice(at, at + 4))?.[0].length ?? 0;
  const inRows = ROWS.flatMap((row) => [row, reversed(row)]).map((row) => {
    const start = row.indexOf(first);
    let length = start < 0 ? 0 : 1;
    while (
      length > 0 &&
      row[start + length] !== undefined &&
      row[start + length] === text[at + length]
    )
      length += 1;
    return length;
  });
  const longest = Math.max(repeated, year, ...inRows);
  return longest >= RUN_LENGTH_MIN ? longest : 0;
}

const reversed = (text: string): string => Array.from(text).reverse().join('');
