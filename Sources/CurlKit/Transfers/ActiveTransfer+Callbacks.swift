import CCurl

extension ActiveTransfer {
    /// Sets the options of the request and the functions that libcurl calls. The transfer has to outlive its use.
    func configure(_ configuration: HTTPClientConfiguration) throws(EasyHandle.OptionFailure) {
        try handle.configure(for: transfer.request, configuration)
        if transfer.needsNewConnection { try handle.set(CURLOPT_FRESH_CONNECT, 1) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        try handle.set(CURLOPT_WRITEDATA, context: context)
        try handle.set(CURLOPT_WRITEFUNCTION) { data, size, count, context in
            guard let transfer = ActiveTransfer.from(context) else { return 0 }
            return transfer.receive(body: UnsafeRawBufferPointer(start: data, count: size * count))
        }
        try handle.set(CURLOPT_HEADERDATA, context: context)
        try handle.set(CURLOPT_HEADERFUNCTION) { data, size, count, context in
            guard let transfer = ActiveTransfer.from(context) else { return 0 }
            return transfer.receive(headerLine: UnsafeRawBufferPointer(start: data, count: size * count))
        }
        try handle.set(CURLOPT_READDATA, context: context)
        try handle.check(
            ccurl_easy_set_read(handle.pointer) { data, size, count, context in
                guard let transfer = ActiveTransfer.from(context) else { return ccurl_read_abort }
                return transfer.send(into: UnsafeMutableRawBufferPointer(start: data, count: size * count))
            })
        try handle.set(CURLOPT_SEEKDATA, context: context)
        try handle.check(
            ccurl_easy_set_seek(handle.pointer) { context, offset, origin in
                guard let transfer = ActiveTransfer.from(context), origin == 0 else { return CURL_SEEKFUNC_CANTSEEK }
                return transfer.rewind(to: Int64(offset))
            })
        guard configuration.debugHook != nil else { return }
        try handle.set(CURLOPT_VERBOSE, 1)
        try handle.set(CURLOPT_DEBUGDATA, context: context)
        try handle.check(
            ccurl_easy_set_debug(handle.pointer) { _, kind, data, count, context in
                if kind == CURLINFO_HEADER_IN || kind == CURLINFO_HEADER_OUT {
                    ActiveTransfer.from(context)?.report(
                        UnsafeRawBufferPointer(start: data, count: count), isSent: kind == CURLINFO_HEADER_OUT)
                }
                return 0
            })
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> ActiveTransfer? {
        context.map { Unmanaged<ActiveTransfer>.fromOpaque($0).takeUnretainedValue() }
    }
}
