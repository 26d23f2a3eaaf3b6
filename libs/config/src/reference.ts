import { z } from 'zod';
import { isSecret } from './secret.ts';

type OptionSchema = z.core.JSONSchema.BaseSchema;

/** Returns a service's section of `.env.example`: each variable with its description and its default, commented out. */
export function exampleEnv(service: string, schema: z.ZodObject): string {
  const settings = Object.entries(schema.shape).map(([name, field]) => {
    const { description = '', default: fallback } = z.toJSONSchema(field, { io: 'input' });
    const value = typeof fallback === 'string' || typeof fallback === 'number' ? fallback : '';
    return `# ${description}\n# ${name}=${value}\n${isSecret(field) ? `# ${name}_FILE=\n` : ''}`;
  });
  return `# --- ${service} ---\n\n${settings.join('\n')}`;
}

/** Returns a Markdown table of a library's options. */
export function optionTable(schema: z.ZodObject): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries(properties).map(([name, property]) => {
    const { default: fallback, description = '', ...range } = property as OptionSchema;
    const unset = required.includes(name) ? 'required' : '';
    const value = fallback === undefined ? unset : `\`${fallback as string | number | boolean}\``;
    return `| \`${name}\` | ${value} | ${toRange(range)} | ${description} |`;
  });
  return ['| option | default | range | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** Returns the values that the JSON schema of an option allows, in Markdown. */
export function toRange({ type, enum: values, minimum, maximum, minLength }: OptionSchema): string {
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'integer' || type === 'number') return `${minimum} to ${maximum}`;
  return minLength === undefined ? '' : `at least ${minLength} characters`;
}
