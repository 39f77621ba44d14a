// What a client is told when Onward refuses something: the HTTP status of an error by its code.
//
// FILTER-1. Only errors of Onward are caught. What a job throws is the application's own.
// FILTER-2. A client is told what it can do something about. The text of any other error goes to the log. If runs cannot be
//     kept for a while, a client is told to come back, and the log why.

import { Catch, Logger as NestLogger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ErrorCode } from '../errors/codes.ts';
import { OnwardError } from '../errors/onward-error.ts';

const NOT_FOUND = { status: 404, error: 'Not Found' } as const;
const CONFLICT = { status: 409, error: 'Conflict' } as const;
const BAD_REQUEST = { status: 400, error: 'Bad Request' } as const;
const UNAVAILABLE = { status: 503, error: 'Service Unavailable' } as const;
/** As Nest itself says it. */
const FAILED = { status: 500, error: 'Internal server error' } as const;

/** Seconds until another process may have taken over. */
const RETRY_AFTER = '5';

interface Answer {
  readonly status: number;
  readonly error: string;
  /** In the place of what the error says. */
  readonly message?: string;
}

const ANSWERS: Partial<Record<ErrorCode, Answer>> = {
  ONW2001: BAD_REQUEST,
  ONW2002: BAD_REQUEST,
  ONW2003: BAD_REQUEST,
  ONW2004: BAD_REQUEST,
  ONW2005: BAD_REQUEST,
  ONW2006: BAD_REQUEST,
  ONW2007: BAD_REQUEST,
  ONW2008: BAD_REQUEST,
  ONW3005: NOT_FOUND,
  ONW3049: NOT_FOUND,
  ONW3030: CONFLICT,
  ONW3033: CONFLICT,
  ONW3037: CONFLICT,
  ONW3053: CONFLICT,
  ONW3055: CONFLICT,
  ONW3056: CONFLICT,
  ONW3040: { ...UNAVAILABLE, message: 'the application is closing; ask again' },
};

/** The disk is full, or Redis is away. */
const AWAY: ReadonlySet<ErrorCode> = new Set(['ONW4006', 'ONW4010']);

/** What both Express and Fastify answer with. */
interface HttpResponse {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
  send(body: object): unknown;
}

/**
 * Answers requests that Onward refuses: 400 with `issues` for a message that does not fit, 404 for a job or a step that
 * there is not, 409 for an id or a run that is taken, 503 while the application closes or runs cannot be kept.
 * Not installed by itself.
 */
@Catch(OnwardError)
export class OnwardFilter implements ExceptionFilter<OnwardError> {
  readonly #logger = new NestLogger('Onward');

  catch(error: OnwardError, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const { code, message, issues } = error;
    const response = host.switchToHttp().getResponse<HttpResponse>();
    const answer = ANSWERS[code];
    if (answer === undefined) {
      this.#logger.error(message, error.stack);
      const { status: statusCode, error: told } = AWAY.has(code) ? UNAVAILABLE : FAILED;
      begin(response, statusCode);
      response.send({ statusCode, message: told });
      return;
    }
    const { status, error: title, message: told = message } = answer;
    begin(response, status);
    response.send({ statusCode: status, error: title, code, message: told, ...(issues.length > 0 && { issues }) });
  }
}

function begin(response: HttpResponse, status: number): void {
  response.status(status);
  if (status === UNAVAILABLE.status) response.header('Retry-After', RETRY_AFTER);
}
