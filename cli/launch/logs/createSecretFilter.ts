/** Replaces known secrets in a text. */
export interface SecretFilter {
  /** From now on this value is hidden; values under 8 characters are ignored, they would hide ordinary words. */
  hide: (secret: string | undefined) => void;
  clean: (text: string) => string;
}

/** A safety net under the processes' own care: no password that the launcher knows reaches a log, whatever writes it. */
export function createSecretFilter(): SecretFilter {
  const secrets = new Set<string>();
  return {
    hide: (secret) => {
      if (secret !== undefined && secret.length >= 8) secrets.add(secret);
    },
    clean: (text) => {
      let cleaned = text;
      for (const secret of secrets) cleaned = cleaned.replaceAll(secret, '[secret]');
      return cleaned;
    },
  };
}
