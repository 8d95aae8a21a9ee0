import type { Problem } from '../../lib/errors';
import type { Draft } from '../draft';

/** Each journey once, and none whose path still holds a name instead of a value. */
export function journeyProblems({ journeys }: Draft): readonly Problem[] {
  return [
    ...(journeys.length > 20
      ? [
          {
            path: 'journeys',
            received: journeys.length,
            message: 'are more than 20',
            fix: 'keep those that matter',
          },
        ]
      : []),
    ...journeys.flatMap(({ name, route, path }, index) => {
      const asked = path ?? route?.split(' ')[1] ?? '';
      const earlier = journeys.findIndex(other => other.name === name);
      return [
        ...(name !== undefined && earlier !== index
          ? [
              {
                path: `journeys[${index}].name`,
                received: name,
                message: `is journeys[${earlier}] already`,
                fix: 'name each once',
              },
            ]
          : []),
        ...(/\/:/.test(asked)
          ? [
              {
                path: `journeys[${index}].path`,
                received: asked,
                message: 'holds a name where a value must be',
                fix: 'give a path such as /orders/{uuid}',
              },
            ]
          : []),
      ];
    }),
  ];
}
