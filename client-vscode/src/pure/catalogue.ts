/** The models there are, as `mendline models list --json` prints them, for a list to choose from. */

export interface Model {
  id: string;
  name: string;
  default: boolean;
  installed: boolean;
  partialBytes: number;
  size: number;
  licence: string;
  purpose: string;
}

export interface Row {
  label: string;
  description: string;
  detail: string;
  model: Model;
}

/** Read what the command printed; throws where it is no list of models. */
export function parse(printed: string): Model[] {
  const value: unknown = JSON.parse(printed);
  if (!Array.isArray(value) || !value.every(isModel)) throw new Error('that is no list of models');
  return value;
}

/** Return a row for each model, the one in use marked. */
export function rows(models: readonly Model[], current: string): Row[] {
  return models.map((model) => ({
    label: `${model.id === current ? '$(check)' : '$(blank)'} ${model.id}`,
    description: [size(model.size), model.licence, presence(model)].join(' · '),
    detail: model.default ? `${model.purpose} (the default)` : model.purpose,
    model,
  }));
}

/** Return a size in GB or MB, as shops count. */
export function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(0)} MB`;
}

function presence(model: Model): string {
  if (model.installed) return 'downloaded';
  const part = Math.floor((100 * model.partialBytes) / model.size);
  return part > 0 ? `${part} % downloaded` : 'not downloaded';
}

function isModel(value: unknown): value is Model {
  const model = value as Partial<Model> | null;
  return typeof model?.id === 'string' && typeof model.size === 'number' && typeof model.installed === 'boolean';
}
