/**
 * What this screen uses of Home Assistant's frontend: no more than is documented for
 * cards, and the two things that a dashboard asks of a card.
 */

export interface EntityState {
  readonly entity_id: string;
  readonly state: string;
  readonly last_changed: string;
  readonly attributes: Readonly<Record<string, any>>;
}

export interface EntityEntry {
  readonly entity_id: string;
  readonly device_id?: string;
  readonly platform?: string;
  readonly translation_key?: string;
  readonly hidden?: boolean;
}

export interface Device {
  readonly id: string;
  readonly name: string | null;
  readonly name_by_user: string | null;
  readonly identifiers: readonly (readonly [string, string])[];
}

export interface Locale {
  readonly language: string;
  readonly number_format: string;
  readonly time_format: string;
  readonly time_zone: string;
}

export interface HomeAssistant {
  readonly states: Readonly<Record<string, EntityState>>;
  readonly entities: Readonly<Record<string, EntityEntry>>;
  readonly devices: Readonly<Record<string, Device>>;
  readonly services: Readonly<
    Record<string, Readonly<Record<string, { readonly fields: Readonly<Record<string, any>> }>>>
  >;
  readonly locale: Locale;
  readonly language: string;
  readonly connected: boolean;
  readonly config: {
    readonly currency: string;
    readonly time_zone: string;
    readonly unit_system: { readonly temperature: string };
  };
  callWS<Answer>(message: Readonly<Record<string, unknown>>): Promise<Answer>;
  callService(
    domain: string,
    service: string,
    data?: Readonly<Record<string, unknown>>,
    target?: Readonly<Record<string, unknown>>,
    notifyOnError?: boolean,
    returnResponse?: boolean,
  ): Promise<{ readonly response?: any }>;
  formatEntityState(state: EntityState, value?: string): string;
}

export interface CardConfig {
  readonly type: string;
  /** The device of the home or of one worker; without one, the first home. */
  readonly device?: string;
  /** How many hours the strip shows. */
  readonly hours?: number;
}
