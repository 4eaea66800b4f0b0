/** What an Azure resource id says of its resource, as columns. */
export interface ResourceColumns {
  ResourceName: string;
  /** For instance `microsoft.compute/virtualmachines`, in the case of the id. */
  ResourceType: string | null;
}

/**
 * Name and type of a resource from its id, `/subscriptions/…/providers/Microsoft.Compute/virtualMachines/vm1`; the last
 * provider counts, for a resource can extend another.
 */
export function parseResourceId(id: string): ResourceColumns {
  const [provider = '', ...rest] =
    id
      .split(/\/providers\//i)
      .at(-1)
      ?.split('/') ?? [];
  const types = rest.filter((_part, i) => i % 2 === 0);
  const isResource = /\/providers\//i.test(id) && types.length > 0;
  return {
    ResourceName: id.split('/').at(-1) ?? id,
    ResourceType: isResource ? [provider, ...types].join('/') : null,
  };
}
