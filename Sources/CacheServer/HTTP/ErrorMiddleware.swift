import CacheCore
import HTTPTypes
import Hummingbird
import Logging

/// Turns whatever a route throws into an answer, and names no cause of an internal error to strangers.
struct ErrorMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: CacheRequestContext,
        next: @concurrent (Request, CacheRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as APIError {
            return error.response(to: request.head)
        } catch let error as CacheError {
            if error.code == .internal { context.logger.error("request failed", metadata: ["error": "\(error)"]) }
            return APIError(error).response(to: request.head)
        } catch let error as ObjectStoreError {
            context.logger.warning("object store failed", metadata: ["error": "\(error)"])
            return APIError(error).response(to: request.head)
        } catch let error as HTTPError where error.status == .notFound {
            return unknownRoute(request.method).response(to: request.head)
        } catch let error as HTTPError {
            return APIError(error.status, code: "invalid_request", error.body ?? error.status.reasonPhrase)
                .response(to: request.head)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error("request failed", metadata: ["error": "\(error)"])
            return APIError(.internalServerError, code: "internal", APIError.fault).response(to: request.head)
        }
    }

    /// Every GET might be that of an object, so it is one that is not there; other methods belong to no object.
    private func unknownRoute(_ method: HTTPRequest.Method) -> APIError {
        method == .get || method == .head ? .notFound : .methodNotAllowed
    }
}
