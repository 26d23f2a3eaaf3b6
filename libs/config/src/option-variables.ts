import { z } from 'zod';

type Names<S extends z.ZodObject> = { readonly [K in keyof z.output<S>]?: string };

/** Fields of an environment schema, one per named option. */
type Variables<S extends z.ZodObject, N extends Names<S>, P extends string> = {
  [K in keyof N & keyof z.output<S> as `${P}${N[K] & string}`]: z.ZodType<z.output<S>[K]>;
};

/** The named options in a parsed environment. */
type Values<S extends z.ZodObject, N extends Names<S>, P extends string> = {
  readonly [K in keyof N & keyof z.output<S> as `${P}${N[K] & string}`]: z.output<S>[K];
};

/** Maps the options of a library to environment variables. @param names the variable of each option, without prefix */
export function mapOptions<S extends z.ZodObject, const N extends Names<S>>(schema: S, names: N) {
  const toVariableNames = (prefix: string): ReadonlyMap<string, string> =>
    new Map(
      (Object.entries(names) as [string, string][]).map(([option, name]) => [option, `${prefix}${name}`]),
    );
  return {
    /**
     * Returns one field per option, to spread into an environment schema. `parseEnvironment` also applies the checks that
     * concern several options, and reports them by the names of the variables.
     * @param defaults override those of the library
     */
    variables<P extends string>(prefix: P, defaults: Partial<z.input<S>> = {}): Variables<S, N, P> {
      const group: Group = { schema, names: toVariableNames(prefix) };
      const fields = [...group.names].map(([option, name]) => {
        const given = (defaults as Readonly<Record<string, unknown>>)[option];
        const field = toVariable(schema.shape[option] as z.ZodType, given, group.names);
        groups.set(field, group);
        return [name, field];
      });
      return Object.fromEntries(fields);
    },
    /** Returns the options that a parsed environment contains. */
    options<P extends string>(prefix: P, config: Values<S, N, P>): z.output<S> {
      const values = config as Readonly<Record<string, unknown>>;
      return schema.parse(
        Object.fromEntries([...toVariableNames(prefix)].map(([option, name]) => [option, values[name]])),
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

/** Applies the checks of library schemas that concern several options. Returns the issues by variable. */
export function checkOptionGroups(
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
        // An invalid option is reported already. An option without a variable belongs to the application.
        const name = valid.get(path[0]);
        return name === undefined ? [] : { path: [name], message: nameVariables(message, names) };
      },
    );
  });
}

/** Replaces option names, which are in backticks in messages and descriptions, by variable names. */
const nameVariables = (text: string, names: ReadonlyMap<string, string>): string =>
  text.replace(/`(\w+)`/g, (quoted, option: string) => names.get(option) ?? quoted);

function toVariable(option: z.ZodType, given: unknown, names: ReadonlyMap<string, string>): z.ZodType {
  const fallback = (given ?? (option instanceof z.ZodDefault ? option.def.defaultValue : undefined)) as
    string | number | boolean | undefined;
  const value = parseFromText(
    option instanceof z.ZodDefault || option instanceof z.ZodOptional
      ? (option.unwrap() as z.ZodType)
      : option,
  );
  const optional = option instanceof z.ZodOptional ? value.optional() : value;
  // A string, so that `.env.example` shows the default as it is written in the environment.
  const field = fallback === undefined ? optional : optional.prefault(String(fallback));
  return field.describe(nameVariables(option.description ?? '', names));
}

function parseFromText(option: z.ZodType): z.ZodType {
  if (option instanceof z.ZodNumber) return z.preprocess(Number, option);
  if (option instanceof z.ZodBoolean) return z.stringbool();
  return option;
}
