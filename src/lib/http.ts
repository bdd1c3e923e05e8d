/** How we call other people's HTTP APIs. Interface first; see `createHttp` below. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as application/json. */
  readonly json?: unknown
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>
  /** Sent as it is. */
  readonly body?: string | Buffer
  readonly timeoutSeconds?: number
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON when it is JSON, else undefined. */
  readonly body: unknown
  /** At most 64 KB. */
  readonly text: string
}

export interface Http {
  /**
   * Every HTTP status is an answer, not an error. Throws Retryable when nothing was
   * sent (DNS, refused, TLS), Unanswered when the request left and no whole answer came.
   */
  send(request: HttpRequest): Promise<HttpResponse>
}

/** A request that somebody made to us, as it arrived, for signatures over raw bytes. */
export interface RawRequest {
  readonly method: string
  /** The public URL, with query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly rawBody: string
}
