-- What such a server knows of a cache. @NAME@ stands for the keys of the test's package of that name.
INSERT INTO public.closures (key, updated_at) VALUES
    ('@tool@.narinfo', '2026-01-02 03:04:05.678901'),
    ('@other@.narinfo', '2026-03-04 05:06:07');
INSERT INTO public.objects (key, refs, deleted_at, size) VALUES
    ('@tool@.narinfo', '{@tool.nar@,@tool@.ls,@tool.doi@,@library@.narinfo}', NULL, 400),
    ('@tool.nar@', '{}', NULL, 11),
    ('@tool@.ls', '{}', NULL, 2),
    ('@tool.doi@', '{}', NULL, NULL),
    ('@library@.narinfo', '{@library.nar@}', NULL, 400),
    ('@library.nar@', '{}', NULL, 14),
    ('@other@.narinfo', '{@other.nar@}', NULL, 400),
    ('@other.nar@', '{}', NULL, 12),
    -- what the next collection of that server would have deleted
    ('@marked@.narinfo', '{@marked.nar@}', '2026-04-01 00:00:00', 400),
    ('@marked.nar@', '{}', '2026-04-01 00:00:00', 12),
    -- what it would have marked
    ('@orphan.nar@', '{}', NULL, 12),
    ('debuginfo/1234', '{}', NULL, 1);
INSERT INTO public.pending_closures (id, key, started_at) VALUES (7, '@begun@.narinfo', '2026-05-01 00:00:00');
INSERT INTO public.pending_objects (pending_closure_id, key, refs, size) VALUES
    (7, '@begun@.narinfo', '{@begun.nar@,@other@.narinfo}', NULL),
    (7, '@begun.nar@', '{}', 11),
    (7, '@other@.narinfo', '{@other.nar@}', NULL);
INSERT INTO public.multipart_uploads (pending_closure_id, object_key, upload_id) VALUES (7, '@begun.nar@', 'm1');
INSERT INTO public.pins (name, narinfo_key, store_path, created_at, updated_at) VALUES
    ('stable', '@tool@.narinfo', '@tool.path@', '2026-01-01 00:00:00+00', '2026-01-02 02:00:00+02'),
    -- of a closure that has expired over there
    ('kept', '@library@.narinfo', '@library.path@', '2025-12-31 00:00:00+00', '2025-12-31 00:00:00+00');
