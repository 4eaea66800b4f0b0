/** Ends the name of the encrypted dump; the manifest beside it ends with {@link MANIFEST_SUFFIX}. */
export const DUMP_SUFFIX = '.dump.enc';

/** Ends the name of the manifest, which is written last: a dump without one is no backup. */
export const MANIFEST_SUFFIX = '.manifest.json';

const NAME = /^costguard-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8}$/;

/** `costguard-20261127T091500Z-1f2e3d4c`: when it was begun (UTC), and eight digits that tell two of one second apart. */
export function toBackupName(at: Date, id: string): string {
  const stamp = at.toISOString().replace(/[-:]|\.\d+/g, '');
  return `costguard-${stamp}-${id.slice(0, 8)}`;
}

/** When the backup of that name was begun; undefined for another file. */
export function findBackupTime(name: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  if (year === undefined) return undefined;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
