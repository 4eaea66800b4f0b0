import type { CostSeriesReply } from '../../../core/contracts/usage.ts';

/** The forecasts of a reply as rows: those of the currencies, then those of the groups; none where nothing can be told. */
export function toForecasts({ groups, forecasts = [] }: CostSeriesReply) {
  const ofCurrencies = forecasts.map(({ currency, forecast }) => ({
    key: null,
    label: 'All costs',
    isTotal: true,
    currency,
    forecast,
  }));
  const ofGroups = groups.map(({ key, label, currency, forecast }) => ({
    key,
    label,
    isTotal: false,
    currency,
    forecast,
  }));
  return [...ofCurrencies, ...ofGroups].flatMap(({ currency, forecast, ...row }) =>
    forecast ? [{ ...row, BillingCurrency: currency, ...forecast }] : [],
  );
}
