/** The search attributes that CostGuard's workflows set, with their types; they must be known to the namespace first. */
export const SEARCH_ATTRIBUTES = {
  CgConnection: 'Keyword',
  CgProvider: 'Keyword',
  CgStatus: 'Keyword',
  CgResourceType: 'Keyword',
  CgMonthlySaving: 'Double',
} as const;
