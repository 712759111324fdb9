/// Why PostgreSQL, or the way to it, refused something.
struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    enum Kind: Sendable {
        /// The server cannot be reached, stops, starts, or broke the connection.
        case unavailable
        /// It has no connection left for us.
        case tooManyConnections
        /// Two transactions got in each other's way; the one that is told so was rolled back, and may be repeated.
        case conflict
        /// The task that asked was cancelled.
        case cancelled
        /// The pool was closed.
        case closed
        /// A statement took longer than the session allows.
        case timeout
        /// The disk of the server is full, or a limit that was set on it reached.
        case insufficientStorage
        /// The login was refused, or the role lacks a right.
        case denied
        /// Anything else: a fault of ours.
        case other
    }

    let kind: Kind
    /// The five characters of the SQL standard; nil where the server did not speak.
    let sqlState: String?
    /// What the server or the library said, in one line.
    let message: String

    init(_ kind: Kind, sqlState: String? = nil, _ message: String) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
    }

    /// Sorts what libpq says when no session came about: it passes the server's words on, but no SQLSTATE.
    init(connecting words: String) {
        let denials = ["authentication failed", "no pg_hba.conf entry", "does not exist", "no password supplied"]
        let limits = ["too many clients", "too many connections", "remaining connection slots"]
        let kind: Kind =
            denials.contains(where: words.contains)
            ? .denied : limits.contains(where: words.contains) ? .tooManyConnections : .unavailable
        self.init(kind, words)
    }

    /// Sorts an error of the server by its SQLSTATE (PostgreSQL manual, appendix A).
    init(sqlState: String, message: String) {
        self.init(Self.kind(of: sqlState), sqlState: sqlState, message)
    }

    /// What is thrown by everything that a cancelled task still asks for.
    static let cancelled = PostgresError(.cancelled, "the task that asked was cancelled")

    var description: String { sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message }

    private static func kind(of sqlState: String) -> Kind {
        switch sqlState {
        case "40001", "40P01": .conflict
        case "57014": .timeout
        case "53100", "53200", "53400": .insufficientStorage
        case "53300": .tooManyConnections
        case "42501", "3D000": .denied
        // Cannot connect now, shut down, crashed, idle for too long.
        case "57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P02", "25006": .unavailable
        default:
            switch sqlState.prefix(2) {
            case "08", "58": .unavailable
            case "28": .denied
            default: .other
            }
        }
    }
}
