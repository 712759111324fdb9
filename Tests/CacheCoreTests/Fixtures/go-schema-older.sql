-- What older versions have otherwise.
ALTER TABLE public.objects ADD COLUMN first_deleted_at timestamp;
ALTER TABLE public.pending_closures DROP COLUMN roots;
