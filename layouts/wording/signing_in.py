"""The words of signing in. Indonesian first, English second."""

from __future__ import annotations

from dataclasses import dataclass

from layouts.wording import Language


@dataclass(frozen=True, slots=True)
class SigningInWords:
    """What the pages of signing in say."""

    title: str
    name: str
    password: str
    sign_in: str
    sign_out: str
    wrong: str
    later: str
    new_title: str
    new_lead: str
    old_password: str
    new_password: str
    again: str
    save: str
    differ: str
    too_short: str
    same: str
    signed_in_as: str
    single_sign_on: str
    sso_failed: str
    unavailable: str


INDONESIAN = SigningInWords(
    title="Masuk",
    name="Nama pengguna",
    password="Sandi",  # noqa: S106 - a word on a page
    sign_in="Masuk",
    sign_out="Keluar",
    wrong="Nama atau sandi tidak cocok.",
    later="Terlalu banyak percobaan. Coba lagi pukul {time}.",
    new_title="Ganti sandi",
    new_lead="Sandi sekali pakai harus diganti dengan sandi Anda sendiri, paling sedikit {least} huruf.",
    old_password="Sandi sekarang",  # noqa: S106
    new_password="Sandi baru",  # noqa: S106
    again="Ulangi sandi baru",
    save="Simpan",
    differ="Kedua sandi baru tidak sama.",
    too_short="Sandi baru terlalu pendek: paling sedikit {least} huruf.",
    same="Sandi baru sama dengan yang lama.",
    signed_in_as="Masuk sebagai {name}",
    single_sign_on="Masuk dengan akun kota (SSO)",
    sso_failed="Akun kota tidak dapat dipakai untuk masuk di sini.",
    unavailable="Pangkalan data sedang tidak dapat ditulis; coba sebentar lagi.",
)

ENGLISH = SigningInWords(
    title="Sign in",
    name="User name",
    password="Password",  # noqa: S106
    sign_in="Sign in",
    sign_out="Sign out",
    wrong="Name or password do not match.",
    later="Too many attempts. Try again at {time}.",
    new_title="Change password",
    new_lead="A one-time password has to be replaced by one of your own, at least {least} characters long.",
    old_password="Password now",  # noqa: S106
    new_password="New password",  # noqa: S106
    again="New password again",
    save="Save",
    differ="The two new passwords differ.",
    too_short="The new password is too short: at least {least} characters.",
    same="The new password is the old one.",
    signed_in_as="Signed in as {name}",
    single_sign_on="Sign in with the city's account (SSO)",
    sso_failed="The city's account cannot be used to sign in here.",
    unavailable="The database cannot be written now; try again in a moment.",
)


def signing_in_words(language: Language) -> SigningInWords:
    """The words in one language."""
    return INDONESIAN if language is Language.INDONESIAN else ENGLISH
