import type { Schemas } from '../../client/api';

type Channel = Schemas['NotificationChannel'];
type Route = Schemas['NotificationRoute'];
type Provider = Schemas['Provider'];

/** A channel as a person edits it: lists are text, one entry a line; an empty field sets no limit or changes no secret. */
export interface ChannelForm {
  kind: Channel['kind'];
  name: string;
  url: string;
  signingSecret: string;
  password: string;
  host: string;
  port: number;
  security: NonNullable<Schemas['SmtpSettings']['security']>;
  username: string;
  from: string;
  to: string;
  minSeverity: NonNullable<Route['minSeverity']>;
  minImpact: string;
  providers: Provider[];
  connectionIds: string[];
  accounts: string;
  owners: string;
  budgets: boolean;
  approvals: boolean;
  escalations: boolean;
}

/** The form of a new channel. */
export function emptyForm(): ChannelForm {
  return {
    kind: 'slack',
    name: '',
    url: '',
    signingSecret: '',
    password: '',
    host: '',
    port: 587,
    security: 'starttls',
    username: '',
    from: '',
    to: '',
    minSeverity: 'medium',
    minImpact: '',
    providers: [],
    connectionIds: [],
    accounts: '',
    owners: '',
    budgets: true,
    approvals: true,
    escalations: false,
  };
}

/** The form of a channel that is there; its secrets are not known. */
export function formOf({ kind, name, smtp, route }: Channel): ChannelForm {
  return {
    ...emptyForm(),
    kind,
    name,
    ...(smtp === null ? {} : { ...smtp, username: smtp.username ?? '', to: smtp.to.join('\n') }),
    // The document calls optional what has a default, also where it always comes.
    minSeverity: route.minSeverity ?? 'medium',
    minImpact: route.minImpact ?? '',
    providers: route.providers ?? [],
    connectionIds: route.connectionIds ?? [],
    accounts: (route.accounts ?? []).join('\n'),
    owners: (route.owners ?? []).join('\n'),
    budgets: route.budgets ?? true,
    approvals: route.approvals ?? true,
    escalations: route.escalations ?? false,
  };
}

/** What a form says, as the API takes it for a new channel. */
export function toCreate(form: ChannelForm) {
  return { kind: form.kind, enabled: true, ...toPatch(form) };
}

/** What a form says, as the API takes it for a change. */
export function toPatch(form: ChannelForm) {
  return { name: form.name.trim(), ...targetOf(form), route: routeOf(form) };
}

function targetOf(form: ChannelForm) {
  if (form.kind !== 'smtp') {
    return {
      ...given('url', form.url.trim()),
      ...(form.kind === 'webhook' ? given('signingSecret', form.signingSecret.trim()) : {}),
    };
  }
  const username = form.username.trim();
  return {
    smtp: {
      host: form.host.trim(),
      port: form.port,
      security: form.security,
      username: username === '' ? null : username,
      from: form.from.trim(),
      to: linesOf(form.to),
    },
    ...(username === '' ? {} : given('password', form.password)),
  };
}

function routeOf(form: ChannelForm) {
  return {
    minSeverity: form.minSeverity,
    budgets: form.budgets,
    approvals: form.approvals,
    escalations: form.escalations,
    ...given('minImpact', form.minImpact.trim()),
    ...listed('providers', form.providers),
    ...listed('connectionIds', form.connectionIds),
    ...listed('accounts', linesOf(form.accounts)),
    ...listed('owners', linesOf(form.owners)),
  };
}

const linesOf = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

const given = <K extends string>(key: K, text: string): Partial<Record<K, string>> =>
  text === '' ? {} : ({ [key]: text } as Record<K, string>);

const listed = <K extends string, T>(key: K, values: T[]): Partial<Record<K, T[]>> =>
  values.length === 0 ? {} : ({ [key]: values } as Record<K, T[]>);
