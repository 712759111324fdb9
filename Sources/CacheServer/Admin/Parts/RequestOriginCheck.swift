import HTTPTypes

/// Whether a browser sends a change on behalf of one of our own pages, and not of another site's: browsers repeat the
/// credentials of basic authentication without being asked.
enum RequestOriginCheck {
    /// - Throws: ``APIError`` (403) for a request without an `Origin`, or with that of another site.
    static func check(_ request: HTTPRequest) throws(APIError) {
        guard let field = HTTPField.Name("Origin"), request.headerFields[values: field].count == 1,
            let origin = request.headerFields[field], let authority = request.authority,
            let slashes = origin.firstRange(of: "://"),
            origin[slashes.upperBound...].lowercased() == authority.lowercased(),
            ["http", "https"].contains(origin[..<slashes.lowerBound]), isFromHere(request)
        else {
            throw APIError(
                .forbidden, code: "forbidden", "Forbidden: changes are made from this server's own pages only")
        }
    }

    /// What browsers say about it besides (<https://www.w3.org/TR/fetch-metadata/>); old ones say nothing.
    private static func isFromHere(_ request: HTTPRequest) -> Bool {
        guard let field = HTTPField.Name("Sec-Fetch-Site"), let site = request.headerFields[field] else { return true }
        return site == "same-origin"
    }
}
