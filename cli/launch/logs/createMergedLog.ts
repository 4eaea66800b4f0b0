import { createLogFile, type LogFile } from './createLogFile.ts';
import { createSecretFilter } from './createSecretFilter.ts';
import { renderLogLine } from './renderLogLine.ts';

/** The one log of all processes: shown with a prefix for each, and kept raw in a file for each. */
export interface MergedLog {
  /** Takes a raw line of a process; `isShown` false only keeps it. */
  line: (name: string, line: string, isShown?: boolean) => void;
  /** Something that CostGuard itself says to the person at the terminal. */
  say: (text: string) => void;
  /** From now on this value is hidden wherever it appears. */
  hideSecret: (secret: string | undefined) => void;
  close: () => void;
}

/** Opens the log; files go to `folder`, what is shown goes to `print`. */
export function createMergedLog(folder: string, print: (text: string) => void): MergedLog {
  const files = new Map<string, LogFile>();
  const secrets = createSecretFilter();
  let isOpen = true;
  const fileOf = (name: string) => {
    const file = files.get(name) ?? createLogFile(folder, name);
    files.set(name, file);
    return file;
  };
  const line: MergedLog['line'] = (name, raw, isShown = true) => {
    const cleaned = secrets.clean(raw);
    if (isOpen) fileOf(name).write(cleaned);
    if (isShown) print(renderLogLine(name, cleaned, new Date()));
  };
  return {
    line,
    say: (text) => line('costguard', text),
    hideSecret: secrets.hide,
    close: () => {
      isOpen = false;
      for (const file of files.values()) file.close();
    },
  };
}
