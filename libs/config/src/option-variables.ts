import { z } from 'zod';

type Names<S extends z.ZodObject> = { readonly [K in keyof z.output<S>]?: string };

/** Fields of an environment schema, one for each named option. */
type Variables<S extends z.ZodObject, N extends Names<S>, P extends string> = {
  [K in keyof N & keyof z.output<S> as `${P}${N[K] & string}`]: z.ZodType<z.output<S>[K]>;
};

/** The parsed environment, as far as it holds the named options. */
type Values<S extends z.ZodObject, N extends Names<S>, P extends string> = {
  readonly [K in keyof N & keyof z.output<S> as `${P}${N[K] & string}`]: z.output<S>[K];
};

export interface OptionVariables<S extends z.ZodObject, N extends Names<S>> {
  /**
   * Returns one field per option, to spread into an environment schema. `parseEnvironment` then also applies the
   * checks that concern several options, and reports them by the names of the variables.
   * @param defaults replace those of the library
   */
  variables<P extends string>(prefix: P, defaults?: Partial<z.input<S>>): Variables<S, N, P>;
  /** Returns the options that a parsed environment contains. */
  options<P extends string>(prefix: P, config: Values<S, N, P>): z.output<S>;
}

/** Maps the options of a library to environment variables: each option to a name, without the prefix. */
export function mapOptions<S extends z.ZodObject, const N extends Names<S>>(
  schema: S,
  names: N,
): OptionVariables<S, N> {
  const variablesOf = (prefix: string): ReadonlyMap<string, string> =>
    new Map(
      Object.entries<string>(names as object as Record<string, string>).map(([option, name]) => [
        option,
        `${prefix}${name}`,
      ]),
    );
  return {
    variables: (prefix, defaults = {}) => {
      const group: Group = { schema, names: variablesOf(prefix) };
      const fields = [...group.names].map(([option, name]) => {
        const given = (defaults as Readonly<Record<string, unknown>>)[option];
        const field = toVariable(schema.shape[option] as z.ZodType, given, group.names);
        groups.set(field, group);
        return [name, field];
      });
      return Object.fromEntries(fields);
    },
    options: (prefix, config) => {
      const values = config as Readonly<Record<string, unknown>>;
      return schema.parse(
        Object.fromEntries([...variablesOf(prefix)].map(([option, name]) => [option, values[name]])),
      );
    },
  };
}

interface Group {
  readonly schema: z.ZodObject;
  /** The variable of each option. */
  readonly names: ReadonlyMap<string, string>;
}

const groups = new WeakMap<z.core.$ZodType, Group>();

/** Applies the checks of a library's schema that concern several options, to all options in an environment schema. */
export function contradictions(
  shape: z.core.$ZodShape,
  env: Readonly<Record<string, string | undefined>>,
): Pick<z.core.$ZodIssue, 'path' | 'message'>[] {
  const mapped = new Set(Object.values(shape).flatMap((field) => groups.get(field) ?? []));
  return [...mapped].flatMap(({ schema, names }) => {
    const valid = new Map<PropertyKey | undefined, string>();
    const options = [...names].map(([option, name]) => {
      const result = z.safeParse(shape[name] ?? z.undefined(), env[name]);
      if (result.success) valid.set(option, name);
      return [option, result.success ? result.data : env[name]];
    });
    return (schema.safeParse(Object.fromEntries(options)).error?.issues ?? []).flatMap(
      ({ path, message }) => {
        // An option that is not valid itself has been reported; one without a variable is the application's.
        const name = valid.get(path[0]);
        return name === undefined ? [] : { path: [name], message: nameVariables(message, names) };
      },
    );
  });
}

/** Replaces the names of options, which messages and descriptions put in backticks. */
const nameVariables = (text: string, names: ReadonlyMap<string, string>): string =>
  text.replace(/`(\w+)`/g, (quoted, option: string) => names.get(option) ?? quoted);

function toVariable(option: z.ZodType, given: unknown, names: ReadonlyMap<string, string>): z.ZodType {
  const fallback = (given ?? (option instanceof z.ZodDefault ? option.def.defaultValue : undefined)) as
    string | number | boolean | undefined;
  const value = parsed(
    option instanceof z.ZodDefault || option instanceof z.ZodOptional
      ? (option.unwrap() as z.ZodType)
      : option,
  );
  const optional = option instanceof z.ZodOptional ? value.optional() : value;
  // As it would be written in the environment, so that the example of an environment shows it.
  const field = fallback === undefined ? optional : optional.prefault(String(fallback));
  return field.describe(nameVariables(option.description ?? '', names));
}

function parsed(option: z.ZodType): z.ZodType {
  if (option instanceof z.ZodNumber) return z.preprocess(Number, option);
  if (option instanceof z.ZodBoolean) return z.stringbool();
  return option;
}
