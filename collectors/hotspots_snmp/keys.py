"""SNMPv3 keys: a password is turned into its master key once per credential, not once per device (2 x 1 MiB of hashing each)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gufo.snmp import Aes128Key, Aes192Key, Aes256Key, DesKey, Md5Key, Sha1Key, Sha224Key, Sha256Key, Sha384Key, Sha512Key, User
from gufo.snmp.user import BaseAuthKey, BasePrivKey, KeyType

from collectors.hotspots_snmp.options import AuthProtocol, Credentials, Level, PrivProtocol, Version

_AUTH: Mapping[AuthProtocol, type[BaseAuthKey]] = MappingProxyType(
    {
        AuthProtocol.MD5: Md5Key,
        AuthProtocol.SHA: Sha1Key,
        AuthProtocol.SHA224: Sha224Key,
        AuthProtocol.SHA256: Sha256Key,
        AuthProtocol.SHA384: Sha384Key,
        AuthProtocol.SHA512: Sha512Key,
    }
)
_PRIV: Mapping[PrivProtocol, type[BasePrivKey]] = MappingProxyType(
    {
        PrivProtocol.DES: DesKey,
        PrivProtocol.AES: Aes128Key,
        PrivProtocol.AES192: Aes192Key,
        PrivProtocol.AES256: Aes256Key,
    }
)


def user_of(credentials: Credentials) -> User | None:
    """The library's user for version 3; None for the versions with a community."""
    if credentials.version is not Version.V3:
        return None
    if credentials.level is Level.NO_AUTH:
        return User(credentials.user)
    auth_class = _AUTH[credentials.auth_protocol]
    auth = auth_class(auth_class.get_master_key(credentials.auth_password.encode()), key_type=KeyType.Master)
    if credentials.level is Level.AUTH:
        return User(credentials.user, auth_key=auth)
    priv_master = auth_class.get_master_key(credentials.priv_password.encode())
    return User(credentials.user, auth_key=auth, priv_key=_PRIV[credentials.priv_protocol](priv_master, key_type=KeyType.Master))
