import Logging
import NarKit

extension UploadService {
    /// Reads the staged texts of objects and keeps them with the upload, signed.
    ///
    /// An upload that has none for an object takes that of another upload which claims the object: a client with two
    /// uploads keeps one URL for each key.
    /// - Returns: the staging keys of this upload that were there.
    /// - Throws: ``CacheError`` of code `invalidRequest` that names the key of a text which cannot be published.
    func readStaged(_ wanted: [UnfinishedObject], upload: UploadID) async throws(CacheError) -> [String] {
        var staged: [String] = []
        var texts: [PreparedText] = []
        var rest: [UnfinishedObject] = []
        let own = try await concurrently(wanted, limit: settings.storeConcurrency) { object throws(CacheError) in
            try await self.prepared(object, stagedBy: upload)
        }
        for (object, text) in zip(wanted, own) {
            if let text {
                texts.append(text)
                staged.append(ObjectKey.staged(object.key.text, upload: upload))
            } else {
                rest.append(object)
            }
        }
        if !rest.isEmpty {
            let candidates = try await metadata.borrowTexts(for: rest.map(\.id), upload: upload)
            let sought = rest.filter { candidates[$0.id] != nil }
            texts += try await concurrently(sought, limit: settings.storeConcurrency) { object throws(CacheError) in
                await self.firstPrepared(object, stagedBy: candidates[object.id] ?? [])
            }.compactMap(\.self)
        }
        try await keep(try await signed(texts), upload: upload)
        return staged
    }

    /// A text that can be published once it is signed.
    private enum PreparedText: Sendable {
        case narInfo(NarInfoText, ObjectID, ObjectKey)
        case realisation(ObjectText)
    }

    private func prepared(
        _ object: UnfinishedObject, stagedBy upload: UploadID
    ) async throws(CacheError) -> PreparedText? {
        guard let bytes = try await text(at: ObjectKey.staged(object.key.text, upload: upload)) else { return nil }
        if object.key.type == .narinfo {
            let text = try NarInfoText(staged: bytes, key: object.key, storeDirectory: settings.storeDirectory)
            return .narInfo(text, object.id, object.key)
        }
        let checked = try StagedText.realisation(bytes, key: object.key, storeDirectory: settings.storeDirectory)
        return .realisation(ObjectText(object: object.id, bytes: checked, isStaged: true))
    }

    /// The first proper text among those of other uploads; what they staged is not this client's fault.
    private func firstPrepared(_ object: UnfinishedObject, stagedBy uploads: [UploadID]) async -> PreparedText? {
        for upload in uploads {
            do throws(CacheError) {
                if let text = try await prepared(object, stagedBy: upload) { return text }
            } catch {
                logger.debug("a staged text of another upload is passed over", metadata: ["error": "\(error)"])
            }
        }
        return nil
    }

    private func signed(_ texts: [PreparedText]) async throws(CacheError) -> [ObjectText] {
        var fingerprints: [String: String] = [:]
        for case .narInfo(let text, _, let key) in texts { fingerprints[key.text] = text.narInfo.fingerprint }
        let signatures =
            fingerprints.isEmpty ? [:] : try await settings.signer.signatures(of: fingerprints)
        return texts.map { text in
            switch text {
            case .narInfo(var text, let object, let key):
                text.add(signatures[key.text] ?? [])
                return text.objectText(for: object, isStaged: true)
            case .realisation(let text):
                return text
            }
        }
    }

    /// Reads a small object.
    /// - Returns: nil when it is certainly absent.
    /// - Throws: ``CacheError`` of code `invalidRequest` when it is too large; what the object store fails with.
    func text(at key: String) async throws(CacheError) -> [UInt8]? {
        let objects = objects
        let content = try await store { () throws(ObjectStoreError) in try await objects.content(of: key, range: nil) }
        guard let content else { return nil }
        var bytes: [UInt8] = []
        do {
            for try await chunk in content.body {
                bytes += chunk
                guard bytes.count <= UploadSettings.maximumTextSize else {
                    throw CacheError(
                        .invalidRequest,
                        "The object \(key) is larger than \(UploadSettings.maximumTextSize) bytes; upload a proper text."
                    )
                }
            }
        } catch let error as CacheError {
            throw error
        } catch let error as ObjectStoreError {
            throw CacheError(error)
        } catch {
            throw CacheError(.unavailable, "The object \(key) could not be read whole: \(error).")
        }
        return bytes
    }

    /// Deletes staged texts.
    func deleteStaged(_ keys: [String]) async throws(CacheError) {
        let objects = objects
        for chunk in keys.chunked(1000) {
            let lease = Lease(signedAt: try await metadata.instant(), times: times)
            let outcome = try await store { () throws(ObjectStoreError) in
                try await objects.delete(Array(chunk), lease: lease)
            }
            for case .some(let error) in outcome.values { throw CacheError(error) }
        }
    }
}
