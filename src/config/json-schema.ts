import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The JSON Schema of the configuration file, for editors. */
export function configJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // What an environment variable holds is not known until the exporter starts.
      const { type, description, default: preset, ...rest } = jsonSchema;
      const narrow =
        type === 'number' || type === 'integer' || type === 'boolean' || rest.enum || rest.pattern;
      if (!narrow) return;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      Object.assign(jsonSchema, {
        ...(description !== undefined && { description }),
        ...(preset !== undefined && { default: preset }),
        anyOf: [
          { type, ...rest },
          { type: 'string', pattern: '\\$\\{' },
        ],
      });
    },
  });
  return { $schema, title: 'Configuration of modelarts-exporter', ...schema };
}
