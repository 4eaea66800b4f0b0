import type { Shortcut } from './shortcuts.svelte';

/** j and k: the focus goes to the next and the previous link of a list, from where it is; Enter then opens it. */
export function listKeys(links: () => HTMLElement[], what: string): Shortcut[] {
  const move = (by: 1 | -1) => {
    const all = links();
    const here = all.findIndex((link) => link === document.activeElement);
    const next = here < 0 ? (by === 1 ? 0 : all.length - 1) : here + by;
    const link = all[Math.max(0, Math.min(all.length - 1, next))];
    link?.focus();
    link?.scrollIntoView({ block: 'nearest' });
  };
  return [
    { key: 'j', does: `Next ${what}`, run: () => move(1) },
    { key: 'k', does: `Previous ${what}`, run: () => move(-1) },
    { key: 'Enter', does: `Open the ${what}` },
  ];
}
