/** The time of the browser as state: what shows it is drawn again as it goes on. For use while a component starts. */
export function clock(everyMs: number): { readonly now: number } {
  let now = $state(Date.now());
  $effect(() => {
    const timer = setInterval(() => (now = Date.now()), everyMs);
    return () => clearInterval(timer);
  });
  return {
    get now() {
      return now;
    },
  };
}
