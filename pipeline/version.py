"""The version of newsflow. A module of its own, so that the core need not import the package's front door."""

VERSION = "0.1.0"
